export { ESA_IDENTITY, esaRowsToBundle, type EsaBundleOptions } from './bundle';
export type { Bundle20 } from './bundle20';
export { EsaClient, type EsaMessageReference, type SearchResult } from './client';
export * from './errors';
export type { HuntResult, HuntRunOptions } from './hunt';
export { planHunt, type HuntOptions, type HuntPlan, type PlannedAlternative, type PlannedObservation } from './plan';
export type {
	QuarantineFields,
	QuarantineOperator,
	QuarantineResult,
	QuarantineSearch,
	QuarantineSelection,
	QuarantineType,
} from './quarantine';
export type { EsaRow } from './row';
export type { SearchFields, TextField } from './search';
export type { EsaClientOptions, EsaProduct } from './session';
export { translatePattern, type TranslateOptions } from './translate';
