import { INDICATOR_LIMITS } from '../../limits';
import { scanText } from './scan';

/**
 * Turns every defanged URL, name and address of a text into what it stands for; other text stays as it is.
 * `hxxps://evil[.]example[.]com/a` becomes `https://evil.example.com/a`.
 *
 * What comes out has nothing left to turn: refanged again, it stays as it is.
 */
export function refang(text: string): string {
	let last = text;
	for (let pass = 0; pass < INDICATOR_LIMITS.maxRefangPasses; pass++) {
		const next = refangOnce(last);
		if (next === last) break;
		last = next;
	}
	return last;
}

/** What is refanged may make a mark of the text behind it: of `tps:\\3\\[/`, `https://3/` and `[/`. */
function refangOnce(text: string): string {
	const pieces: string[] = [];
	let done = 0;
	for (const { defanged, start, end, refanged } of scanText(text)) {
		if (!defanged || start < done) continue;
		pieces.push(text.slice(done, start), refanged);
		done = end;
	}
	pieces.push(text.slice(done));
	return pieces.join('');
}
