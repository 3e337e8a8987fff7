import { scanText } from './scan';

/**
 * Turns every defanged URL, name and address of a text into what it stands for; other text stays as it is.
 * `hxxps://evil[.]example[.]com/a` becomes `https://evil.example.com/a`.
 */
export function refang(text: string): string {
	const pieces: string[] = [];
	let done = 0;
	scanText(text, (finding) => {
		if (!finding.defanged || finding.start < done) return;
		pieces.push(text.slice(done, finding.start), finding.refanged);
		done = finding.end;
	});
	pieces.push(text.slice(done));
	return pieces.join('');
}
