/**
 * Everything that the rooms give one another and the nodes, for who builds on them and watches each release: no name here
 * is promised to stay. The promise is `index.ts`.
 */

export * from './errors';
export * from './settings';
export type { Logger } from './logger';
export * from './values';
export * from './http';
export * from './email';
export * from './attachments';
export * from './received';
export * from './indicators';
export * from './firstLook';
export * from './reported';
export * from './campaign';
export * from './stix';
export * from './microsoft';
export * from './mailbox';
export * from './pattern';
export * from './hunt';
export * from './esa';
export * from './opencti';
export * from './microsoftHunt';
export * from './flow';
