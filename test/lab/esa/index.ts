export type { LabMessage } from './message';
export { rowOf, timestampText, type RowProfile } from './rows';
export { DEFAULT_SWITCHES, searchMessages, type SearchSwitches } from './search';
export { EsaLab, type EsaLabOptions, type LabFailure } from './server';
export { generateTraffic, HASHES, seeded, VOCABULARY, type TrafficOptions } from './traffic';
