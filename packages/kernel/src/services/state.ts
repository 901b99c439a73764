import type { Time } from '../core/types.ts';

/** A request under way. */
interface ServiceRequest {
  id: string;
  service: string;
  by: string;
  case: string;
  task: string;
  at: Time;
  due: Time;
  late: boolean;
}

/** How a service was fulfilled, measured. `time` is the sum of milliseconds of the fulfilled ones. */
export interface Fulfilment {
  requested: number;
  fulfilled: number;
  declined: number;
  inTime: number;
  time: number;
  charged: number;
}

export interface ServiceState {
  /** By task. */
  requests: Map<string, ServiceRequest>;
  /** How many each service works on now. */
  load: Map<string, number>;
  measured: Map<string, Fulfilment>;
}
export const emptyServices = (): ServiceState => ({ requests: new Map(), load: new Map(), measured: new Map() });
export const unmeasured = (): Fulfilment => ({
  requested: 0,
  fulfilled: 0,
  declined: 0,
  inTime: 0,
  time: 0,
  charged: 0,
});
