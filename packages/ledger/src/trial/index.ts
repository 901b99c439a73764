export { type ProxyMode, type TrialProxy, trialProxy } from './proxy.ts';
export { freePort, type TrialServer, trialServer, withoutPostgres } from './server.ts';
