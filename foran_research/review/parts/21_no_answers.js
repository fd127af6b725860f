// A page that takes no answers: there is nothing to press. Only on pages made with answers=False.
const answerBar = () => el("span", { hidden: true });

// Where nobody can answer, nobody is asked: no questions, and no sheet to write on. A link to them leads to the start.
for (const id of ["questions", "sheet"]) views.splice(views.findIndex((view) => view.id === id), 1);
