export { ESA_IDENTITY, esaBundleSteps, esaRowsToBundle, type EsaBundleOptions } from './bundle';
export type { Bundle20 } from './bundle20';
export { EsaClient, type EsaHuntResult, type EsaMessageReference, type HuntedRow, type SearchResult } from './client';
export { TEXT_OPERATORS, type TextOperator } from './column';
export * from './errors';
export { DELIVERY_STATUSES, ESA_EVENTS, type EsaEvent, type SearchColumn, type TextColumn } from './fields';
export { planHunt, planHunts } from './huntTarget';
export { withOverview, type EsaAddress, type EsaOverview } from './overview';
export type { EsaClientOptions, EsaProduct } from './login';
export type {
	QuarantineFields,
	QuarantineOperator,
	QuarantineResult,
	QuarantineSearch,
	QuarantineSelection,
	QuarantineType,
} from './quarantine';
export type { EsaRow } from './row';
export { filledFields, type SearchFields, type TextField } from './search';
export { translatePattern, type TranslateOptions } from './translate';
