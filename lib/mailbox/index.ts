export type * from './mailbox';
export { MailboxError } from './errors';
export type { MailboxErrorCode, MailboxErrorDetails } from './errors';
export { lookBackFrom } from './duration';
export { messageFilter, type MessageFilterRules } from './filter';
export * from './imap';
export * from './graph';
