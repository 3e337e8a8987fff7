export * from './errors';
export * from './http';
export * from './email';
export * from './indicators';
export * from './stix';
export * from './mailbox';
export * from './pattern';
export * from './opencti';
