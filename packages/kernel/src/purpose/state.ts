import type { MetricValue } from './schema.ts';

export interface PurposeState {
  values: Map<string, MetricValue>;
}
export const emptyPurpose = (): PurposeState => ({ values: new Map() });
