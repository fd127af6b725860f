// A page that takes no answers: there is nothing to press. Only on pages made with answers=False.
const answerBar = () => el("span", { hidden: true });
