export type * from './mailbox';
export { MailboxError } from './errors';
export type { MailboxErrorCode, MailboxErrorDetails } from './errors';
export { lookBackFrom } from './duration';
export * from './imap';
