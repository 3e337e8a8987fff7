export type { AnyBundle, AnyStixObject } from './anyBundle';
export * from './errors';
export type * from './dataTypes';
export type * from './objects';
export { PROPERTY_TABLES } from './properties';
export type { ObservableType, PropertyTable, StixProperty, StixType, VersionedType } from './properties';
export { PAP_MARKINGS, TLP_MARKINGS, type MarkingIds, type MarkingLevel, type PapLevel, type TlpLevel } from './tlp';
export { bundleIdOf } from './bundleId';
export { canonicalJson } from './canonical';
export { isObservableType, stixId, type StixIdOptions } from './identifier';
export { papMarking, tlpMarking } from './markings';
export { reportTime, timestampOf } from './timestamp';
export { OWN_NAMESPACE, STIX_NAMESPACE, stableUuidV4, uuidV5 } from './uuid';
export { bundleSteps, emailToBundle, emailToBundleAsync, reportName, type BundleAsyncOptions } from './emailToBundle';
export type {
	BundleOptions,
	IdentifierOptions,
	IdentityOptions,
	IncludeOptions,
	MarkingOptions,
	PatternOptions,
	ReportOptions,
	SizeOptions,
} from './options';
export { isUnflagged } from './observables';
export { isOmission } from './omissions';
export { indicatorPattern } from './patterns';
export { embeddedReferences, stixObject, type StixInput } from './stixObject';
export { withoutReferences } from './withoutReferences';
export { upgradedTo21 } from './upgrade';
export { bundleToHtml } from './bundleToHtml';
export { bundleToSvg, type PictureOptions } from './bundleToSvg';
