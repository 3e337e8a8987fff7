export type { GraphFolderState } from './cursor';
export { GraphError } from './errors';
export { GraphMailbox } from './graphMailbox';
export type { GraphMailboxOptions, GraphPollOptions, GraphTestResult } from './graphMailbox';
export type { GraphAttachment } from './messages';
