export { OpenCtiClient, type OpenCtiClientOptions, type PlatformInfo } from './client';
export { type AddFilesOptions } from './addFiles';
export { emailContent, textToHtml, type ContentOptions } from './content';
export { type ContainerResult, type CreateOptions, type ReportResult } from './createReport';
export * as openCtiDocuments from './documents';
export type { OpenCtiDocument } from './documents';
export type * from './draft';
export { OpenCtiError, type OpenCtiErrorCode } from './errors';
export { type FoundReport, type ReportQuery } from './findReport';
export { reportFromEmail, type FromEmailOptions, type ReportFromEmailOptions } from './reportFromEmail';
export { uploadName } from './fileName';
export { selectFiles, type FileSelection } from './selectFiles';
export { type MissingValues } from './references';
export { type UploadedFile } from './upload';
export {
	type BundleReportOptions,
	type BundleReportResult,
	type DirectImportResult,
	type ImportBundleOptions,
	type ImportBundleResult,
} from './importBundle';
export { type ImportedObject } from './importObjects';
export { type FileImportResult, type PushResult } from './pushBundle';
export { reportFromBundle, type ReportFromBundleOptions } from './reportFromBundle';
export { caseFromEmail, type CaseDraft, type CaseFromEmailOptions } from './caseFromEmail';
export { type CaseResult } from './createCase';
