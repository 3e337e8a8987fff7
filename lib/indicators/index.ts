export type * from './indicator';
export { INDICATOR_FLAGS } from './indicator';
export type { ExtractAsyncOptions, ExtractOptions } from './options';
export { indicatorsToHunt, type HuntSelection, type HuntUse } from './hunting';
export { LEAVE_OUT_PRESETS, withoutFlagged, type LeaveOutPreset, type LeftOut } from './leaveOut';
export { extractIndicators, extractIndicatorsAsync, indicatorSteps } from './extract';
export { hopsOutside, readHtml, TrustedRelays, type ExtractInput, type HtmlDocument, type OutsideHop } from './places';
export { defang, defangKindOf, DEFANG_FORMS, refang, type DefangForm, type DefangKind } from './text';
export {
	ownDomainsOf,
	readWarningLists,
	unwrapUrl,
	WarningListError,
	type Unwrapped,
	type WarningListErrorCode,
} from './judgement';
export { isValidIndicator } from './validate';
export type { WarningList } from './warningList';
