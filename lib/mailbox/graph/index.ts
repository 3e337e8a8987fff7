export type { GraphFolderState } from './cursor';
export { GraphError } from './errors';
export { GraphMailbox } from './mailbox';
export type { GraphMailboxOptions, GraphPollOptions, GraphTestResult } from './mailbox';
export type { GraphAttachment } from './messages';
