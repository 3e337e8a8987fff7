export { OpenCtiClient, type OpenCtiClientOptions, type PlatformInfo } from './client';
export { type AddFilesOptions } from './container/addFiles';
export { emailContent, textToHtml, type ContentOptions } from './container/content';
export { type ContainerResult, type CreateOptions, type ReportResult } from './container/container';
export * as openCtiDocuments from './documents';
export type { OpenCtiDocument } from './documents';
export type * from './container/draft';
export { OpenCtiError, type OpenCtiErrorCode } from './platform/errors';
export { type FoundReport, type ReportQuery } from './container/findReports';
export { reportFromEmail, type FromEmailOptions, type ReportFromEmailOptions } from './container/containerFromEmail';
export { uploadName } from './container/fileName';
export { selectFiles, type FileSelection } from './container/selectFiles';
export { type MissingValues } from './platform/references';
export { type UploadedFile } from './container/uploadFiles';
export {
	type BundleReportOptions,
	type BundleReportResult,
	type DirectImportResult,
	type ImportBundleOptions,
	type ImportBundleResult,
} from './bundle/importBundle';
export { type ImportedObject } from './bundle/importObjects';
export { type FileImportResult, type PushResult } from './bundle/pushBundle';
export { reportFromBundle, type ReportFromBundleOptions } from './bundle/reportFromBundle';
export { caseFromEmail, type CaseDraft, type CaseFromEmailOptions } from './container/caseFromEmail';
export { type CaseResult } from './container/incidentCase';
