import type { RunDetail } from '@reeve/protocol';
import type { Tone } from '../ui/parts.tsx';

export const RUN_TONES: Record<RunDetail['status'], Tone> = {
  active: 'accent',
  parked: 'warn',
  ready: 'info',
  retry_wait: 'warn',
  interrupted: 'bad',
  finished: 'good',
  stopped: 'bad',
  failed: 'bad',
};
