export { ReadBudget, type ReadCounts, type ReadOptions } from './budget';
export { conjunctionsOf, Expansion, type Conjunction } from './conjunctions';
export * from './errors';
export {
	defaultWindow,
	planFor,
	planTogether,
	type HuntOptions,
	type HuntPlan,
	type PlannedAlternative,
	type PlannedObservation,
} from './plan';
export { costOf, type HuntCost } from './cost';
export {
	readingGaps,
	runPlan,
	runPlans,
	type HuntMatch,
	type HuntOutcome,
	type HuntResult,
	type TermCount,
} from './run';
export {
	findingsOf,
	recipientCount,
	remarksOf,
	textsIn,
	wasDelivered,
	withoutRecipients,
	type HuntFindingField,
	type HuntFindingRow,
	type HuntFindings,
} from './findings';
export { quoted, type Searchable } from './searchable';
export type {
	HuntAnswer,
	HuntField,
	HuntGroup,
	HuntLanguage,
	HuntPlanLimits,
	HuntQuestion,
	HuntSearch,
	HuntTarget,
} from './target';
export { huntedObjects, huntSightings, isOwnAddress, type SightingOptions, type SightingPlace } from './sightings';
export type { HuntOmission, HuntOmissionCode, HuntWarning, HuntWarningCode } from './warnings';
export { waysOf, type Way } from './ways';
export { narrowed, timeText, type HuntWindow } from './window';
