export type * from './indicator';
