export { ImapMailbox } from './imapMailbox';
export type { MailboxTest } from './imapMailbox';
export type { MessageKey } from './lookup';
export type { ImapOptions } from './options';
export type { ImapFolderState, RetryEntry } from './cursor';
