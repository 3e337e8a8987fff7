export { ImapMailbox } from './imapMailbox';
export type { MailboxTest, MessageKey } from './imapMailbox';
export type { ImapOptions, MailboxLogger } from './options';
export type { ImapFolderState, RetryEntry } from './cursor';
