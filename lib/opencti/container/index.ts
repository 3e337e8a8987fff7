/** Containers: reports and cases, of drafts that are plain data, with their text and files. */
export { addFiles, type AddFilesOptions } from './addFiles';
export { caseFromEmail, CASE_DEFAULTS, type CaseDraft, type CaseFromEmailOptions } from './caseFromEmail';
export { CREATE_DEFAULTS, pageOf, resolve, type ContainerResult, type CreateOptions } from './container';
export { createContainer, keysOf, prepare, type Writer } from './createContainer';
export { huntFindings } from './huntFindings';
export { huntTable } from './huntSection';
export { FROM_EMAIL_DEFAULTS, markingsOf, type FromEmailOptions } from './containerFromEmail';
export { emailContent, textToHtml, type ContentOptions } from './content';
export type * from './draft';
export { draftFile, type GivenFile } from './draftFile';
export { uploadName } from './fileName';
export { findReports, type FoundReport, type ReportQuery } from './findReports';
export { CASE_WRITER, type CaseResult } from './incidentCase';
export { REPORT_WRITER, REPORTS, type ReportResult } from './report';
export { reporterNote, type ReportCount } from './reporters';
export { reportFromEmail, REPORT_DEFAULTS, type ReportDraft, type ReportFromEmailOptions } from './reportFromEmail';
export { selectFiles, type FileSelection } from './selectFiles';
export { type UploadedFile } from './uploadFiles';
