/** Microsoft's clouds: signing in as an application (Entra), and asking Graph. Mailboxes and hunts stand on it. */
export { GraphError, MicrosoftError, microsoftSettings } from './errors';
export type { MicrosoftErrorCode } from './errors';
export * from './entra';
export * from './graph';
