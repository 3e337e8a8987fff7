/** Names under which the code pages of Windows are known that have another one than `windows-` or `cp` and their number. */
const NAMES: ReadonlyMap<number, string> = new Map([
	[708, 'iso-8859-6'],
	[932, 'shift_jis'],
	[936, 'gbk'],
	[949, 'cp949'],
	[950, 'big5'],
	[1361, 'cp949'],
	[10_000, 'macintosh'],
	[10_007, 'maccyrillic'],
	[20_127, 'us-ascii'],
	[20_866, 'koi8-r'],
	[20_932, 'euc-jp'],
	[20_936, 'gb2312'],
	[20_949, 'euc-kr'],
	[21_866, 'koi8-u'],
	[38_598, 'iso-8859-8'],
	[50_220, 'iso-2022-jp'],
	[50_221, 'iso-2022-jp'],
	[50_222, 'iso-2022-jp'],
	[50_225, 'iso-2022-kr'],
	[50_227, 'gbk'],
	[51_932, 'euc-jp'],
	[51_936, 'gb2312'],
	[51_949, 'euc-kr'],
	[51_950, 'big5'],
	[52_936, 'hz-gb-2312'],
	[54_936, 'gb18030'],
	[65_000, 'utf-7'],
	[65_001, 'utf-8'],
]);

/** Charset of a Windows code page. Undefined when it is none in which bytes stand for characters (UTF-16, "the system's"). */
export function charsetOfCodePage(page: number): string | undefined {
	const name = NAMES.get(page);
	if (name !== undefined) return name;
	if (page === 874 || (page >= 1_250 && page <= 1_258)) return `windows-${page}`;
	if (page > 28_590 && page < 28_606) return `iso-8859-${page - 28_590}`;
	return page >= 437 && page < 1_200 ? `cp${page}` : undefined;
}

/** ANSI code pages by primary language (MS-LCID section 2.2); all others have 1252. */
const OF_LANGUAGE: ReadonlyMap<number, number> = new Map([
	...[0x05, 0x0e, 0x15, 0x18, 0x1b, 0x1c, 0x24].map((language) => [language, 1250] as const),
	...[0x02, 0x19, 0x22, 0x23, 0x2f, 0x3f, 0x40, 0x44, 0x50].map((language) => [language, 1251] as const),
	...[0x01, 0x20, 0x29].map((language) => [language, 1256] as const),
	...[0x25, 0x26, 0x27].map((language) => [language, 1257] as const),
	[0x08, 1253],
	[0x0d, 1255],
	[0x11, 932],
	[0x12, 949],
	[0x1e, 874],
	[0x1f, 1254],
	[0x2a, 1258],
	[0x2c, 1254],
]);
/** Chinese in its two scripts; Serbian, Bosnian and others in Latin letters. */
const OF_LOCALE: ReadonlyMap<number, number> = new Map([
	[0x0404, 950],
	[0x0c04, 950],
	[0x1404, 950],
	[0x0804, 936],
	[0x1004, 936],
	[0x041a, 1250],
	[0x081a, 1250],
	[0x0c1a, 1251],
	[0x101a, 1250],
	[0x141a, 1250],
	[0x0443, 1254],
	[0x0843, 1251],
	[0x082c, 1251],
]);

/** Charset of the ANSI strings of a locale (LCID). Undefined for "none" and "the user's". */
export function charsetOfLocale(locale: number): string | undefined {
	const id = locale & 0xffff;
	const language = id & 0x3ff;
	// 0 is none, 0x7f the invariant one.
	if (language === 0 || language === 0x7f) return undefined;
	return charsetOfCodePage(OF_LOCALE.get(id) ?? OF_LANGUAGE.get(language) ?? 1252);
}

/** Charset of a font of RTF (`\fcharsetN`). Undefined for the document's own, and for symbols. */
export function charsetOfFont(font: number): string | undefined {
	const page = OF_FONT.get(font);
	return page === undefined ? undefined : charsetOfCodePage(page);
}
const OF_FONT: ReadonlyMap<number, number> = new Map([
	[77, 10_000],
	[128, 932],
	[129, 949],
	[130, 1361],
	[134, 936],
	[136, 950],
	[161, 1253],
	[162, 1254],
	[163, 1258],
	[177, 1255],
	[178, 1256],
	[186, 1257],
	[204, 1251],
	[222, 874],
	[238, 1250],
	[254, 437],
]);
