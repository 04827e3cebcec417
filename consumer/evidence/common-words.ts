/** Words that tell nothing about where in a repository a report points to: of bug reports, of the web, of any program. */
const common = new Set(
  `about after again against already also always another anyone anything apply around because been before being below between both
  broken bugbot button call calls cannot change changed changes click clicked clicking clicks close could customer customers
  different does doesn doing done down during each else error errors every everything exception expected fail failed failing fails
  first fix from getting gets github goes going happen happened happens have having here https instead into issue issues just keep
  keeps later less like linear local login look looks made make makes maybe might more most much must need needs never next nobody
  nothing notice noticed often once only open opened opens other over page pages people please posthog press pressed presses
  pressing problem production reload report reported reports right same screen second seems session should show showing shown shows
  since site slack some somebody someone something sometimes still stop stopped such takes than thank thanks that their them then
  there these they thing things think this those though through time times tried tries trying turn twice under until user users
  using value very want wants webpack website week well went were what when where which while whole will with without work
  worked working works would wrong yesterday today tomorrow your
  android anonymous array async await boolean browser chrome class console const date default document export false firefox
  function getelementbyid iphone ipad import interface internal javascript json localhost macos map module modules native node
  node_modules null number object onchange onclick onsubmit process promise properties property public queryselector react read reading reads reference render return safari
  self static string this throw true type typescript typeof undefined usecallback useeffect usememo useref usestate void windows
  window htmlelement addeventlistener settimeout setinterval foreach tostring innerhtml localstorage youtube
  typeerror rangeerror referenceerror syntaxerror evalerror urierror aggregateerror domexception valueerror keyerror indexerror
  attributeerror nameerror runtimeerror assertionerror nullpointerexception illegalargumentexception runtimeexception`.split(
    /\s+/,
  ),
);

export function isCommon(word: string): boolean {
  return common.has(word.toLowerCase());
}
