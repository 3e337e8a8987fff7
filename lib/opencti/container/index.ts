/** Containers: reports and cases, and incidents, of drafts that are plain data, with their text and files. */
export { addFiles, type AddFilesOptions } from './addFiles';
export { campaignNote, type CampaignCount, type CampaignDay } from './campaignReport';
export { caseFromEmail, CASE_DEFAULTS, caseSteps, type CaseDraft, type CaseFromEmailOptions } from './caseFromEmail';
export {
	CREATE_DEFAULTS,
	heldBy,
	lessMarked,
	pageOf,
	summaryOf,
	resolve,
	type ContainerResult,
	type CreateOptions,
} from './container';
export { createContainer, keysOf, prepare, type Writer } from './createContainer';
export { huntFindings } from './huntFindings';
export { huntSection, huntTable } from './huntSection';
export { FROM_EMAIL_DEFAULTS, markingsOf, type FromEmailOptions } from './containerFromEmail';
export { emailContent, textToHtml, type ContentOptions } from './content';
export type * from './draft';
export { draftFile, type GivenFile } from './draftFile';
export { uploadName } from './fileName';
export { findReports, type FoundReport, type ReportQuery } from './findReports';
export { CASE_WRITER, CASES, type CaseResult } from './incidentCase';
export { REPORT_WRITER, REPORTS, type ReportResult } from './report';
export { INCIDENT_WRITER, INCIDENTS, type IncidentResult } from './incident';
export {
	incidentFromEmail,
	INCIDENT_DEFAULTS,
	incidentSteps,
	type IncidentDraft,
	type IncidentFromEmailOptions,
} from './incidentFromEmail';
export { reporterNote, type ReportCount } from './reporters';
export {
	reportFromEmail,
	REPORT_DEFAULTS,
	reportSteps,
	type ReportDraft,
	type ReportFromEmailOptions,
} from './reportFromEmail';
export { selectFiles, type FileSelection } from './selectFiles';
export { similarReports, type SimilarOptions, type SimilarReport, type SimilarReports } from './similarReports';
export { type UploadedFile } from './uploadFiles';
