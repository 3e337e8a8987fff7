/** Words and suffixes that tell a written-out or bare name from prose, code and file names. */

const set = (words: string): ReadonlySet<string> => new Set(words.split(' '));

/** Suffixes that are no word of a language and no file extension: trusted in the weakest spellings. */
export const PLAIN_SUFFIXES = set(
	'com net org edu gov mil int info biz io co ru cn tk ml ga cf gq xyz uk de fr nl pl eu cz jp kr br au ca ch se dk ua by ir tr vn tw hk sg za mx ar onion example',
);

/** Suffixes that are file extensions or members in code, too. */
export const FILE_SUFFIXES = set(
	'zip mov app md sh py rs pl ps so cab bar cat foo dev name id in is no my me net pub box mm gl gz cc js ai srl csv doc java jar st tm run pro ms bin ink work page link map do bat vi tv mp ad as nu la pm sc ls cl',
);

/** `sign.in` and the like. */
export const IN_WORDS = set('sign log plug opt check built drop fill buy cash tie dial');

/** A first word in running text, not the first label of a name. */
export const ARTICLES = set(
	'the a an this that your our my his her their any every each no some and or of in on at by for from with dot',
);

/** Not a local part before a written-out "at". */
export const NO_LOCAL_PARTS = set(
	'me us you him her them it look looking available hosted located is are was were be or and find found live out up online here there seen visit visited meet see arrive arrived stay work working works back down start starts ends page pages site website server servers data host domain today tomorrow failed',
);
