import { Lately } from '../../lib/lately';

describe('what was read lately', () => {
	it('is read once, also when it was read as nothing', () => {
		const read = jest.fn((text: string) => (text === 'a name' ? { text } : undefined));
		const lately = new Lately<{ text: string } | undefined>(10, 100);
		expect(lately.get('a name', read)).toBe(lately.get('a name', read));
		expect([lately.get('none', read), lately.get('none', read)]).toEqual([undefined, undefined]);
		expect(read).toHaveBeenCalledTimes(2);
	});

	it('stays while it is asked for, whatever comes between, and goes when nobody asks for it', () => {
		const read = jest.fn((text: string) => text.length);
		const lately = new Lately<number>(10, 100);
		lately.get('forgotten', read);
		for (let i = 0; i < 100; i++) {
			lately.get('asked for again and again', read);
			lately.get(`number ${i}`, read);
		}
		lately.get('asked for again and again', read);
		expect(read.mock.calls.filter(([text]) => text.startsWith('asked'))).toHaveLength(1);
		lately.get('forgotten', read);
		expect(read.mock.calls.filter(([text]) => text === 'forgotten')).toHaveLength(2);
	});

	it('what is longer than it is worth is read each time', () => {
		const read = jest.fn((text: string) => text.length);
		const lately = new Lately<number>(10, 5);
		expect([lately.get('longer', read), lately.get('longer', read)]).toEqual([6, 6]);
		expect(read).toHaveBeenCalledTimes(2);
	});

	it('a text that is no text as a whole is read as it can be written down', () => {
		const lately = new Lately<string>(10, 100);
		expect(lately.get('a\ud800b', (text) => text)).toBe('a\ufffdb');
	});
});
