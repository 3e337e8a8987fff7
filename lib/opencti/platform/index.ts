/** The platform: how it is called, what its answers mean, and what is looked up on it. Knows neither reports nor bundles. */
export { attempt, failureOf, type Failure } from './attempt';
export { capabilityName, GRANT_HINT, holds } from './capabilities';
export { type Choice, type Choices } from './choices';
export {
	answeredTime,
	OpenCtiError,
	openCtiSettings,
	understood,
	type OpenCtiErrorCode,
	type OpenCtiErrorDetails,
} from './errors';
export { familyOf, readBetween, readExisting, readExistingOfTypes, type Ends, type ObjectFamily } from './existing';
export { missingMarkings, nameOfMarking, strictest } from './markings';
export { organizationsText } from './organizations';
export { allPages, pagesUpTo } from './pages';
export { together, type Begin } from './together';
export { Gate, sideBySide } from './sideBySide';
export type { RelationshipNode } from '../documents';
export { Platform, type PlatformOptions } from './platform';
export { authorId, type AuthorKind, type DraftAuthor, type DraftReference, type MissingValues } from './references';
export { type UploadFile } from './transport';
