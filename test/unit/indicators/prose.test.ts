import { extractIndicators } from '../../../lib/indicators';

// Words of prose are leapt over, many at a time; what stands between them is not.

const PROSE: Readonly<Record<string, string>> = {
	English: 'please block these hosts at the gateway as seen in the campaign',
	German: 'bitte sperren Sie die genannten Rechner für größere Übersicht',
	Greek: 'παρακαλώ αποκλείστε τους παρακάτω διακομιστές',
	Russian: 'пожалуйста заблокируйте следующие адреса',
	Chinese: '请 尽快 封锁 以下 主机',
	Korean: '다음 호스트를 차단 하십시오',
};
const VALUES: readonly { written: string; value: string }[] = [
	{ written: 'evil-host.com', value: 'evil-host.com' },
	{ written: 'hxxps://evil-host[.]com/a', value: 'https://evil-host.com/a' },
	{ written: 'evil-host dot com', value: 'evil-host.com' },
	{ written: 'user at evil-host dot com', value: 'user@evil-host.com' },
	{ written: 'evil-host . com', value: 'evil-host.com' },
	{ written: 'https : //evil-host.com/a', value: 'https://evil-host.com/a' },
];

describe.each(Object.entries(PROSE))('in %s prose', (_, prose) => {
	it.each(VALUES)('$written is found, with where it stands', ({ written, value }) => {
		const before = Array.from({ length: 300 }, () => prose).join(' ');
		const { sources } = extractIndicators({ text: `${before}, ${written}\n${before}.` }).find(
			(one) => one.value === value,
		)!;
		expect(sources).toEqual([{ part: 'text', offset: before.length + 2 }]);
	});
});
