export type * from './mailbox';
