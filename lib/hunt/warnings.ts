/** Why alternatives are left out: codes of warnings, stable. */
export type HuntOmissionCode =
	/** The target can be asked no such question, and no row tells. */
	| 'hunt-terms-not-searchable'
	/** The plan has as many queries or alternatives as it may have. */
	| 'hunt-terms-beyond-limit';

/** Alternatives of a pattern that are not hunted, for one reason. */
export interface HuntOmission {
	code: HuntOmissionCode;
	/** How many. */
	count: number;
	/** The first of them, as the pattern has them; long ones are cut. */
	comparisons: string[];
}

/** Codes of {@link HuntWarning}: stable, the wording is not. */
export type HuntWarningCode =
	/** How the hunt was understood. Nothing is missing for it. */
	| 'hunt-note'
	/** The target did not show everything, or more than was to be read. */
	| 'hunt-incomplete'
	| HuntOmissionCode;

/** What the user ought to know before reading a result. For all but `hunt-note`, messages may be missing. */
export interface HuntWarning {
	code: HuntWarningCode;
	message: string;
}

export const note = (message: string): HuntWarning => ({ code: 'hunt-note', message });

/** Whether nothing may be missing for any of them. */
export const isComplete = (warnings: readonly HuntWarning[]): boolean =>
	warnings.every(({ code }) => code === 'hunt-note');
