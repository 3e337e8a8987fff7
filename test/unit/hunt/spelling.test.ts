import { isSteady, isWrittenOneWay, waysToWrite } from '../../../lib/hunt/spelling';

describe('what can be written in several ways', () => {
	it('is known for every character of Unicode: whatever a row writes, a steady character of its composed form stands in it', () => {
		const wrong: string[] = [];
		for (let code = 0x80; code <= 0x10ffff; code++) {
			if (code >= 0xd800 && code <= 0xdfff) continue;
			const character = String.fromCodePoint(code);
			const becomes = character.normalize('NFC');
			if (becomes === character) continue;
			for (const part of becomes) if (isSteady(part)) wrong.push(`${code.toString(16)} ${part}`);
		}
		expect(wrong).toEqual([]);
	});

	it.each([
		['KPMG', ['KPMG', '\u212aPMG']],
		['a;b', ['a;b', 'a\u037eb']],
		['plain', ['plain']],
		['\u8c48', ['\u8c48', '\uf900']],
		['\u00fc', undefined],
		['K'.repeat(4), undefined],
		['\u0915', undefined],
	])('%j is written as %j', (text, ways) => {
		expect(waysToWrite(text)).toEqual(ways);
	});

	it('is nothing of the texts that most patterns look for', () => {
		expect(['Invoice 17', 'https://evil.example/?a=b&c', '\u5100'].map(isWrittenOneWay)).toEqual([true, true, true]);
		expect(['K', '\u212a', 'U\u0308', '\u00dc', '\uf900'].map(isWrittenOneWay)).toEqual([
			false,
			false,
			false,
			false,
			false,
		]);
	});
});
