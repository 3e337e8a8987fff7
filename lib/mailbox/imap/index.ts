export { ImapMailbox } from './imapMailbox';
export { isGmailHost, type ImapOptions } from './options';
export type { ImapFolderState, RetryEntry } from './cursor';
