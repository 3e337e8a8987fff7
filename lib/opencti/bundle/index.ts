/** STIX bundles: imported object by object, queued or as a file, and reports that hold what they bring. */
export { addToExisting, type AddedNote, type AddedResult, type Additions, type AddOptions } from './addToExisting';
export { counted, type Counted, type ObjectCount, type ObjectCounts } from './counts';
export {
	createCaseFromEmail,
	createIncidentFromEmail,
	type EmailCaseOptions,
	type EmailCaseResult,
	type EmailIncidentOptions,
	type EmailIncidentResult,
} from './createFromEmail';
export { createReportFromBundle, type BundleReportOptions, type BundleReportResult } from './createReportFromBundle';
export {
	createReportFromEmail,
	emailReport,
	EMAIL_REPORT_DEFAULTS,
	type EmailContents,
	type EmailObjectOptions,
	type EmailReport,
	type EmailReportOptions,
	type ReportContents,
} from './createReportFromEmail';
export { HUNT_RESULT_DEFAULTS, shownFindings, type HuntResultOptions, type HuntResults } from './huntResults';
export {
	importBundle,
	IMPORT_DEFAULTS,
	type DirectImportResult,
	type ImportBundleOptions,
	type ImportBundleResult,
} from './importBundle';
export { type FileImportResult } from './importBundleFile';
export { ROLE_DEFAULTS, type RoleOptions } from './bundleRoles';
export { type ObjectDescription } from './describeObjects';
export { type ImportedObject } from './importedObject';
export { bundleWork, type PushResult } from './pushBundle';
export { reportFromBundle, saidOfReport, type ReportFromBundleOptions } from './reportFromBundle';
