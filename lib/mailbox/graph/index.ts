export type { GraphFolderState } from './cursor';
export type { GraphUncheckedRound, ModifiedMark, SecondLook, SeenMemory } from './cursor';
export { GraphMailboxError } from './errors';
export { GraphMailbox } from './graphMailbox';
export type { GraphMailboxOptions } from './graphMailbox';
export type { GraphAttachment, GraphAttachmentList } from './messages';
