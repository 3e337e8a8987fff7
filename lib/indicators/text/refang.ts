import { scanText } from './scan';

/**
 * Turns every defanged URL, name and address of a text into what it stands for; other text stays as it is.
 * `hxxps://evil[.]example[.]com/a` becomes `https://evil.example.com/a`.
 */
export function refang(text: string): string {
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
