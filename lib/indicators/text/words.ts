/** Words and suffixes that tell a written-out or bare name from prose, code and file names. */

const set = (words: string): ReadonlySet<string> => new Set(words.split(' '));

/** Suffixes that are no word of a language and no file extension: trusted in the weakest spellings. */
export const PLAIN_SUFFIXES = set(
	'com net org edu gov mil int info biz io co ru cn tk ml ga cf gq xyz uk de fr nl pl eu cz jp kr br au ca ch se dk ua by ir tr vn tw hk sg za mx ar onion example',
);

/** Suffixes that are file extensions before they are anything else: a bare name under them is a host where something says so. */
export const EXTENSIONS = set('zip mov md sh py rs ps so cab bar cat foo srl js csv doc java jar bat bin gz');

/** Suffixes that some files have, and many hosts: a bare name under them is a file where something says so. */
export const WEAK_EXTENSIONS = set('pl cc app pub box mm gl st tm ink map do vi as ms la pm ls cl pro');

/** First labels of files that every project has. */
export const FILE_STEMS = set(
	'readme makefile configure config setup install main index license changelog manifest cmakelists',
);

/** What members are asked of in scripts and style sheets. */
export const CODE_OBJECTS = set(
	'window document this self user node element elem event evt btn button ul ol li div span td tr th tbody table nav object obj item items list math console process module exports request req response res session config settings options params args props state data navigator location screen history form input img body html head style h1 h2 h3 h4 section header footer',
);
/** Suffixes that are such members. */
export const CODE_MEMBERS = set(
	'id name email open info top link page map run do is in no me my work style show date new now host click play search active download video group support select center style',
);

/** First word of what anti-virus programs call malware. */
export const MALWARE_CLASSES = set(
	'trojan trojan-downloader trojan-dropper trojan-spy trojan-psw trojan-ransom trojan-banker trojan-clicker trojan-proxy trojandownloader trojandropper trojanspy backdoor worm email-worm net-worm p2p-worm virus hacktool ransom ransomware exploit adware riskware not-a-virus pua pup heur gen generic dropper downloader spyware rootkit virtool behaveslike packed w32 w64 win32 win64 msil android androidos linux js vbs html script macro',
);
export const MALWARE_PLATFORMS = set(
	'win32 win64 w32 w64 msil js vbs html linux android androidos script msoffice msexcel msword python java osx macos php bat powershell o97m x97m w97m multi generic agent packed banker downloader dropper trojan backdoor',
);

/** First words of such names that begin names of hosts as well: they count where the rest is written as only those programs write. */
export const WEAK_MALWARE_CLASSES = set(
	'troj mal malware variant application bundler phishing spam email doc docs pdf xls rtf swf multios unix osx macos ios win vba stealer infostealer miner coinminer keylogger botnet rat tool joke dialer suspicious heuristics',
);
/** What their names never end in: variants are letters that have no meaning. */
export const MALWARE_NEVER = set('com net org edu gov mil int info biz onion example');

/** What people shorten with a full stop, and go on behind without a blank: `approx.in 5 days`, `cvr.nr 12345678`. Nobody has them as a name. */
export const ABBREVIATIONS = set('approx incl excl inkl ekskl exkl evtl resp bzgl ggf usw etc circa tlf cvr');
/** Suffixes that are words behind such. */
export const ABBREVIATED_ENDS = set('nr no in is it to at by de me my so be am as do la et us id se re');
/** Words of queries before `by` and the like. */
export const QUERY_WORDS = set(
	'order group sort partition filter cluster distribute created updated modified sorted ordered grouped',
);
export const QUERY_ENDS = set('by in is as');

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
