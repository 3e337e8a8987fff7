/** Mailboxes, whatever they speak: what is new, what is asked for, what is changed when somebody says so. */
export type * from './mailbox';
export type * from './message';
export type * from './polling';
export { referenceTo, type MessageReference } from './reference';
export { MailboxError } from './errors';
export type { MailboxErrorCode } from './errors';
export {
	Deliveries,
	type Deliverable,
	type DeliveryRecord,
	type DeliverySettings,
	type LateMessage,
	type Overdue,
} from './deliveries';
export { googleTokens, type GoogleGrant } from './googleTokens';
export { sentAnswer, type SentAnswer, type SoughtAnswer } from './sentAnswer';
export { messageFilter, type MessageFilterRules } from './filter';
export * from './imap';
export * from './graph';
