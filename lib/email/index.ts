export type * from './email';
