import type { RunView } from '@reeve/protocol';
import type { Tone } from '../ui/parts.tsx';

export const RUN_TONES: Record<RunView['status'], Tone> = {
  active: 'accent',
  parked: 'warn',
  ready: 'info',
  retry_wait: 'warn',
  interrupted: 'bad',
};
