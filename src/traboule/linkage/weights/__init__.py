"""What agreement is worth: the comparisons declared, the model that weighs them, how chance is counted.

In: person records, training. Out: levels of agreement, and a model file with a hash. Promise: pure; each level of each
comparison has its m and u, or the model is refused; SQL and arrays give the same levels.
"""
