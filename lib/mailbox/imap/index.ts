export { ImapMailbox } from './imapMailbox';
export type { ImapOptions } from './options';
export type { ImapFolderState, RetryEntry } from './cursor';
