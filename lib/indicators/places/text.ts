import { INDICATOR_LIMITS } from '../../limits';
import type { Steps } from '../../steps';
import type { Finding, Place } from '../finding';
import { scanInSteps, scanText, type TextFinding } from '../text';
import type { Search } from './search';

/** What places give: findings, as many at a time as a piece of the work gives, which may be none. */
export type Findings = Steps<void, readonly Finding[]>;

/** What stands in a text, as far as it may still be read; `table`: what ends its cells. */
export function* textFindings(
	text: string,
	place: Place,
	search: Search,
	table: { delimiter?: string | undefined } = {},
): Findings {
	const taken = search.take(text);
	if (table.delimiter === undefined) yield* findingsInText(taken, place, search);
	else
		for (const batch of scanInSteps(taken, { ...search.scanOptions, delimiter: table.delimiter }))
			yield findingsOf(batch, taken, place, search);
}

/** What stands in a text that was taken already; `placeOf` says where a finding stands, when that is not the same for all; it is left out where it stands nowhere. */
export function* findingsInText(
	text: string,
	place: Place,
	search: Search,
	placeOf?: (finding: TextFinding) => Place | undefined,
): Findings {
	if (text.length <= INDICATOR_LIMITS.pieceCharacters) yield findingsInPiece(text, place, search, placeOf);
	else for (const batch of scanInSteps(text, search.scanOptions)) yield findingsOf(batch, text, place, search, placeOf);
}

/** As {@link findingsInText}, of a text that is no longer than a piece. */
export function findingsInPiece(
	text: string,
	place: Place,
	search: Search,
	placeOf?: (finding: TextFinding) => Place | undefined,
): Finding[] {
	return findingsOf(scanText(text, search.scanOptions), text, place, search, placeOf);
}

function findingsOf(
	batch: readonly TextFinding[],
	text: string,
	place: Place,
	{ options }: Search,
	placeOf?: (finding: TextFinding) => Place | undefined,
): Finding[] {
	const findings: Finding[] = [];
	for (const finding of batch) {
		const { found, start, end, defanged, flags } = finding;
		if (found.type === 'file' && options.hashes === false) continue;
		const at = placeOf === undefined ? place : placeOf(finding);
		if (at === undefined) continue;
		findings.push({
			found,
			original: text.slice(start, end),
			defanged,
			flags,
			place: at,
			offset: place.offsets === true ? start : undefined,
		});
	}
	return findings;
}
