import { INDICATOR_LIMITS } from '../../limits';
import type { Steps } from '../../steps';
import type { Finding, Place } from '../finding';
import { scanInSteps, scanText, type TextFinding } from '../text';
import type { Search } from './search';

/** What places give: findings, as many at a time as a piece of the work gives, which may be none. */
export type Findings = Steps<void, readonly Finding[]>;

/** What stands in a text, as far as it may still be read. */
export function textFindings(text: string, place: Place, search: Search): Findings {
	return findingsInText(search.take(text), place, search);
}

/** What stands in a text that was taken already; `placeOf` says where a finding stands, when that is not the same for all. */
export function* findingsInText(
	text: string,
	place: Place,
	search: Search,
	placeOf?: (finding: TextFinding) => Place,
): Findings {
	if (text.length <= INDICATOR_LIMITS.pieceCharacters) yield findingsInPiece(text, place, search, placeOf);
	else for (const batch of scanInSteps(text, search.scanOptions)) yield findingsOf(batch, text, place, search, placeOf);
}

/** As {@link findingsInText}, of a text that is no longer than a piece. */
export function findingsInPiece(
	text: string,
	place: Place,
	search: Search,
	placeOf?: (finding: TextFinding) => Place,
): Finding[] {
	return findingsOf(scanText(text, search.scanOptions), text, place, search, placeOf);
}

function findingsOf(
	batch: readonly TextFinding[],
	text: string,
	place: Place,
	{ options }: Search,
	placeOf?: (finding: TextFinding) => Place,
): Finding[] {
	const findings: Finding[] = [];
	for (const finding of batch) {
		const { found, start, end, defanged, flags } = finding;
		if (found.type === 'file' && options.hashes === false) continue;
		findings.push({
			found,
			original: text.slice(start, end),
			defanged,
			flags,
			place: placeOf?.(finding) ?? place,
			offset: place.offsets === true ? start : undefined,
		});
	}
	return findings;
}
