(()=>{var{classList:t}=document.documentElement;t.add("js");document.addEventListener("error",e=>e.target.parentNode===document.head&&e.target.matches("script")&&t.remove("js"),!0);})();
