export * from './errors';
export { SettingError, type SettingErrorCode } from './settings';
export type { Logger } from './logger';
export * from './http';
export * from './email';
export * from './indicators';
export * from './stix';
export * from './mailbox';
export * from './pattern';
export * from './opencti';
export {
	HuntError,
	type HuntErrorCode,
	type HuntOptions,
	type HuntOutcome,
	type HuntPlan,
	type PlannedAlternative,
	type PlannedObservation,
	type ReadCounts,
	type ReadOptions,
} from './hunt';
export * from './esa';
