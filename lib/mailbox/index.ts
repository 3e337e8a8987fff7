export type * from './mailbox';
export { MailboxError } from './errors';
export type { MailboxErrorCode } from './errors';
export { messageFilter, type MessageFilterRules } from './filter';
export * from './imap';
export * from './graph';
export { CLOUDS, readCertificate } from './entra';
export type { AppCredential, CertificateCredential, Cloud, CloudChoice, CloudName, TokenSource } from './entra';
