/** Several processes that share a database: `@reeve/server/cluster`, apart, so that one process alone does not load it. */
export { type ClusterNode, type NodeOptions, startClusterNode } from './node.ts';
export { adminToken, organisationToken, secretFrom } from './secret.ts';
export { type NodeServerOptions, type RunningNode, startNodeServer } from './serve.ts';
