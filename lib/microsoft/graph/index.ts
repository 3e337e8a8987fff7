export { GraphClient } from './client';
export type { GraphAnswer, GraphBytes, GraphClientOptions, GraphQuery, GraphRequest } from './client';
export type { GraphFailure, GraphMeaning, GraphMeanings } from './explain';
