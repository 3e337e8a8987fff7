import type { Value } from '../values';
import type { IndicatorFlag } from './indicator';

/** Where something was found, and what that place says about it. */
export interface Place {
	part: string;
	field?: string;
	/** Visible text of the link. */
	text?: string;
	flags?: readonly IndicatorFlag[];
	/** Offsets in it are worth telling. */
	offsets?: boolean;
}

/** The first stage: a value that stands at one place of a message, as it was read, with what the writing says of it. */
export interface Finding {
	found: Value;
	/** As it stands there. */
	original: string;
	defanged: boolean;
	/** What the way it is written says of the value. */
	flags: readonly IndicatorFlag[];
	/** What a link says of the URL that it leads to in the end, behind all rewriters. */
	targetFlags?: readonly IndicatorFlag[];
	place: Place;
	offset?: number | undefined;
	/** Of an address: the name that mail programs show for it. */
	shownName?: string;
}

/** The second stage: one value that a finding tells of, judged. A URL tells of its host, and of what it wraps, too. */
export interface Sighting {
	found: Value;
	original: string;
	defanged: boolean;
	/** Of the value; those of the place come on top. */
	flags: readonly IndicatorFlag[];
	place: Place;
	offset?: number | undefined;
	derivedFrom?: string | undefined;
	/** What it is made to look like. */
	resembles?: string;
	/** Warning lists that it stands on. */
	warningLists?: readonly string[];
}
