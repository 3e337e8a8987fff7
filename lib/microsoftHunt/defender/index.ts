export { DEFENDER_PERMISSION } from './explain';
export { DefenderClient, type DefenderReadOptions } from './client';
export { DEFENDER_LANGUAGE, planDefenderHunt, planDefenderHunts } from './language';
export { kqlString } from './literal';
export type { DefenderFields } from './search';
